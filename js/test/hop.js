// @ts-check
// Goes on to another page at once, while the page's session is being opened.

location.replace("b.html");

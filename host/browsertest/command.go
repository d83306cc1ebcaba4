package browsertest

// command is one WebDriver command: its name in the standard and its HTTP form. In path each %s is a place holder.
type command struct{ name, method, path string }

// The commands used here, in the order of https://www.w3.org/TR/webdriver2/#endpoints.
var (
	setTimeouts     = command{"Set Timeouts", "POST", "/timeouts"}
	navigateTo      = command{"Navigate To", "POST", "/url"}
	getURL          = command{"Get Current URL", "GET", "/url"}
	back            = command{"Back", "POST", "/back"}
	forward         = command{"Forward", "POST", "/forward"}
	refresh         = command{"Refresh", "POST", "/refresh"}
	getWindow       = command{"Get Window Handle", "GET", "/window"}
	closeWindow     = command{"Close Window", "DELETE", "/window"}
	switchWindow    = command{"Switch To Window", "POST", "/window"}
	getWindows      = command{"Get Window Handles", "GET", "/window/handles"}
	newWindow       = command{"New Window", "POST", "/window/new"}
	getWindowRect   = command{"Get Window Rect", "GET", "/window/rect"}
	minimizeWindow  = command{"Minimize Window", "POST", "/window/minimize"}
	setWindowRect   = command{"Set Window Rect", "POST", "/window/rect"}
	findElement     = command{"Find Element", "POST", "/element"}
	elementClick    = command{"Element Click", "POST", "/element/%s/click"}
	elementClear    = command{"Element Clear", "POST", "/element/%s/clear"}
	elementSendKeys = command{"Element Send Keys", "POST", "/element/%s/value"}
	executeScript   = command{"Execute Script", "POST", "/execute/sync"}
	executeAsync    = command{"Execute Async Script", "POST", "/execute/async"}
	performActions  = command{"Perform Actions", "POST", "/actions"}
	takeScreenshot  = command{"Take Screenshot", "GET", "/screenshot"}
)

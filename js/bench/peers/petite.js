export { createApp } from "petite-vue";

// Every custom element (the first two: what others build on), and what wakes by itself; each becomes a block of the one script that pages load.
import "./suggestion-list.js";
import "./suggesting-field.js";
import "./auto-submit.js";
import "./char-counter.js";
import "./colleague-field.js";
import "./desk-keys.js";
import "./draft-saver.js";
import "./keep-typed.js";
import "./markdown-editor.js";
import "./mention-field.js";
import "./reveal-password.js";
import "./search-box.js";

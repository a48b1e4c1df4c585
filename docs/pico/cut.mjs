// Takes from a style sheet (standard input) the rules for what our pages never have, and then the variables that
// neither it nor the sheet named on the command line reads any more. README.md beside this file says when to run it.
import { readFileSync } from "node:fs";
import postcss from "postcss";

const NEVER = [
  /\[data-theme=(dark|light)\](?!\))/, // the theme is the reader's system's, and no page has the attribute
  /:host/, // no web component
  /\[dir=rtl\]/, // none of our languages
  /aria-invalid=false/, // nothing is marked as right
  /\.contrast|\.container-fluid|breadcrumb|indeterminate|~label|fieldset\[disabled\]/,
  /\[(role=switch|type=reset|multiple)\](?!,|\))/,
  /^\[(role=link|type=file|type=range|type=color|aria-controls|aria-hidden)|::-ms|::-moz-(focus|list)|type=file\]::/,
  /^(aside|hgroup|blockquote|audio|canvas|iframe|video|template|optgroup|abbr|del|ins|kbd|mark|samp|pre|sub|sup)\b/,
  /^(h[456]|textarea)\b|article>/,
];
const isNeeded = (selector) => !NEVER.some((pattern) => pattern.test(selector));

const sheet = postcss.parse(readFileSync(0, "utf8"));
sheet.walkRules((rule) => {
  if (rule.parent.name === "keyframes") return;
  rule.selectors = rule.selectors.filter(isNeeded);
  if (!rule.selector) rule.remove();
});

const ours = readFileSync(process.argv[2], "utf8");
for (let cut = true; cut; ) {
  cut = false;
  const text = sheet.toString() + ours;
  sheet.walkDecls(/^--/, (declaration) => {
    if (text.includes(`var(${declaration.prop})`) || text.includes(`var(${declaration.prop},`)) return;
    declaration.remove();
    cut = true;
  });
  sheet.walkRules((rule) => { if (!rule.nodes.length) rule.remove(); });
}
sheet.walkAtRules("keyframes", (frames) => { if (!sheet.toString().includes(`${frames.params} `)) frames.remove(); });
process.stdout.write(sheet.toString());

// Copies the pinned packages' files into static/vendor and cuts static/icons.svg. Run by `npm run vendor`.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const ICONS = `
  arrow-right ban bell calendar-check calendar-days calendar-plus calendar-x camera camera-off captions chart-column check
  chevron-down chevron-left chevron-right circle-alert circle-check circle-x clipboard-list clock door-open download
  ellipsis eye file-pen-line file-text globe hospital hourglass house info key-round languages lock log-in log-out mail
  maximize menu message-square mic mic-off monitor-smartphone monitor-up moon paperclip pencil phone phone-off pill plus printer
  refresh-cw search send settings shield-check siren stethoscope sun sun-moon trash-2 triangle-alert upload user-plus
  user-round users video video-off volume-2 wifi wifi-off x
`.trim().split(/\s+/);

const FONT = "atkinson-hyperlegible-next";
const PACKAGES = [
  {
    name: "htmx.org",
    folder: "htmx",
    files: { "dist/htmx.min.js": "htmx.min.js", LICENSE: "LICENSE.txt" },
  },
  {
    name: `@fontsource-variable/${FONT}`,
    folder: FONT,
    files: {
      [`files/${FONT}-latin-wght-normal.woff2`]: "latin.woff2",
      [`files/${FONT}-latin-ext-wght-normal.woff2`]: "latin-ext.woff2",
      LICENSE: "LICENSE.txt",
    },
  },
  // The video services' scripts are kept as .mjs: Django rewrites imports in .js, also those that it finds in comments.
  {
    name: "@daily-co/daily-js",
    folder: "daily-js",
    files: { "dist/daily-esm.js": "daily-esm.mjs", LICENSE: "LICENSE.txt" },
  },
  {
    name: "livekit-client",
    folder: "livekit-client",
    files: { "dist/livekit-client.umd.js": "livekit-client.umd.mjs", LICENSE: "LICENSE.txt" },
  },
  { name: "lucide-static", folder: "lucide", files: { LICENSE: "LICENSE.txt" } },
];

const read = (path) => readFileSync(path, "utf8");
const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

function copy({ name, folder, files }) {
  const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`));
  rmSync(`static/vendor/${folder}`, { recursive: true, force: true });
  return Object.entries(files).map(([source, target]) => {
    const path = `static/vendor/${folder}/${version}/${target}`;
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(`node_modules/${name}/${source}`, path);
    return { path, source: `npm ${name}@${version}, ${source}`, license };
  });
}

function symbol(name) {
  const drawing = read(`node_modules/lucide-static/icons/${name}.svg`).match(/<svg[^>]*>(.*)<\/svg>/s)[1];
  const style = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${style}>${drawing.trim().replace(/\s*\n\s*/g, "")}</symbol>`;
}

function cutIcons() {
  const { version, license } = JSON.parse(read("node_modules/lucide-static/package.json"));
  const sprite = ['<svg xmlns="http://www.w3.org/2000/svg">', ...ICONS.map(symbol), "</svg>", ""].join("\n");
  writeFileSync("static/icons.svg", sprite);
  return { path: "static/icons.svg", source: `npm lucide-static@${version}, ${ICONS.length} icons`, license };
}

function list(entries) {
  const rows = entries.map(({ path, source, license }) => `| ${path} | ${source} | ${license} | ${sha256(path)} |`);
  return ["| File | Source | Licence | SHA-256 |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const entries = [...PACKAGES.flatMap(copy), cutIcons()];
writeFileSync("static/vendor/README.md", `# Vendored files

Copies of other people's work, served from here so that no page asks another site for anything.
Made by \`npm ci && npm run vendor\`; the versions are pinned in package.json.

${list(entries)}
`);

// Plain JavaScript in an old form, so that every Node can run it: the other scripts are TypeScript, which Node reads from 22.18 on.
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This needs Node 22.18 or newer, and runs on Node ${process.versions.node}. Install Node 22.18 or newer, or let npm add one to this folder: npm rebuild node --ignore-scripts=false`,
  );
  process.exit(1);
}

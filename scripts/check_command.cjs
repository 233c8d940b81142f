// What `zapier-platform` runs before it builds, pushes or validates. Left to themselves, `build` and `push` copy this folder with all of
// node_modules, where they run out of open files, or zip development packages too. scripts/package stages what Zapier needs.
'use strict';
const { execFileSync } = require('node:child_process');

/** The command lines of the processes that led to this one; none where there is no ps. */
function callers() {
  const lines = [];
  try {
    for (let id = process.ppid; id > 1;) {
      const [, parent, line] = /^\s*(\d+)\s+(.*)/.exec(
        execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(id)], { encoding: 'utf8' }),
      );
      lines.push(line);
      id = Number(parent);
    }
  } catch {
    // Then it is not known which command this is, and none is stopped.
  }
  return lines;
}

const command = callers()
  .filter((line) => !line.includes('--skip-dep-install'))
  .map((line) => /zapier-platform(?:-cli\/src\/bin\/run(?:\.js)?)? (build|push)\b/.exec(line))
  .find((found) => found);
if (command) {
  const script = command[1] === 'push' ? 'push' : 'package';
  console.error(
    `zapier-platform ${command[1]} would copy this whole folder with its development packages. Run npm run ${script} instead: it stages only what Zapier runs, and takes the same flags after --.`,
  );
  process.exit(1);
}

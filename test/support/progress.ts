/**
 * Reports the progress of long work on stderr, with a first line at once: on a terminal in one line that is overwritten,
 * otherwise with a line for each quarter.
 */
export function progress(what: string, total: number): (done: number) => void {
  const step = process.stderr.isTTY ? 1 : Math.max(1, Math.floor(total / 4));
  let next = 0;
  const report = (done: number) => {
    if (done < total && done < next) return;
    next = done - (done % step) + step;
    const line = `${what}: ${done} of ${total}`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(done < total ? `\r${line}` : `\r${' '.repeat(line.length)}\r`);
  };
  report(0);
  return report;
}

/** The same for the tests that write the generated docs; a plain test run reports by itself. */
export function writingProgress(what: string, total: number): (done: number) => void {
  return process.env.WRITE_DOCS ? progress(what, total) : () => {};
}

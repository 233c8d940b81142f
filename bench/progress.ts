/** Reports progress on stderr: on a terminal in one line that is overwritten, otherwise with an occasional line. */
export function progress(what: string, total: number): (done: number) => void {
  const step = process.stderr.isTTY ? 1 : Math.max(1, Math.floor(total / 4));
  return (done) => {
    if (done < total && done % step !== 0) return;
    const line = `${what}: ${done} of ${total}`;
    if (!process.stderr.isTTY) process.stderr.write(`${line}\n`);
    else process.stderr.write(done < total ? `\r${line}` : `\r${' '.repeat(line.length)}\r`);
  };
}

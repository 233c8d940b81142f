import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Exits a command with a usage error: a message and exit code 2. */
export function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** Parses the options of a command. `--help` prints the help and exits; an unknown option is an error. */
export function readOptions<const O extends NonNullable<ParseArgsConfig['options']>>(
  help: string,
  options: O,
) {
  if (process.argv.includes('--help')) {
    console.log(help);
    process.exit(0);
  }
  try {
    return parseArgs<{ options: O }>({ options }).values;
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n\n${help}`);
  }
}

/** Parses a whole-number option, from 0 to `most`. */
export function wholeNumber(option: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  return refuse(`--${option} must be a whole number from 0 to ${most}, not "${text}".`);
}

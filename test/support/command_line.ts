import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Ends a command that was asked for what it cannot do: a sentence, and exit code 2. */
export function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** The options of a command. `--help` prints the help and ends; what is no option of it is refused. */
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

/** The whole number that an option gives, from 0 to `most`. */
export function wholeNumber(option: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  return refuse(`--${option} must be a whole number from 0 to ${most}, not "${text}".`);
}

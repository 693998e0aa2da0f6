import { StoreBusy, StoreUnusable } from './storeErrors.ts';

/** Primary result codes, from sqlite.org "Result and Error Codes". */
const codes = {
  busy: 5,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

const primaryCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;

export const isBusy = (error: unknown): boolean => primaryCode(error) === codes.busy;

/** The only place that knows what SQLite calls its errors. */
export const translated = <Result>(file: string, work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
};

const translate = (file: string, error: unknown): unknown => {
  const unusable = (what: string, remedy: string) =>
    new StoreUnusable(`${file} ${what}`, remedy, { cause: error });
  switch (primaryCode(error)) {
    case codes.busy:
      return new StoreBusy(`${file} is kept locked by another process`, {
        cause: error,
      });
    case codes.readOnly:
      return unusable('may only be read', 'open it for writing, or mend its permissions');
    case codes.inputOutput:
      return unusable('could not be read or written', 'check the disk it is on');
    case codes.corrupt:
      return unusable('is damaged', 'restore it from a copy; sqlite3 can .recover what is left');
    case codes.full:
      return unusable('cannot grow', 'make room on its disk');
    case codes.cannotOpen:
      return unusable('cannot be opened', 'check that it exists and that you may read it');
    case codes.notADatabase:
      return unusable('is not a SQLite file', 'name another file');
    default:
      return isMakingDirectory(error)
        ? unusable('has no directory to be in', 'make that directory, or name another file')
        : error;
  }
};

const isMakingDirectory = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall === 'mkdir';

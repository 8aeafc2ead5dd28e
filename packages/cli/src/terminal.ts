/** Foreign text (logs, exceptions, job names) loses its control characters before it reaches a terminal. */
export const withoutControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(
    /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[\u0000-\u0008\u000B-\u001F\u007F\u0080-\u009F]/g,
    '',
  )

/** One line of `drey doctor`. */
export interface Finding {
  mark: '✓' | '!' | '✗' | '-'
  what: string
  text: string
  fix?: string
}

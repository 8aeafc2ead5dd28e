/** The command line. */
export {}

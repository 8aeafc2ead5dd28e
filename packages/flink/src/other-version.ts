/**
 * What a JVM says when a jar was built for another Flink: it asks for a class or method that this Flink does not have. The way
 * there differs (HTTP 500 of `/jars/:id/run`, a failed job), the words are the JVM's.
 */
const missing =
  /(?:NoClassDefFoundError|ClassNotFoundException|NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError): '?(?:[^\n']*? )?L?((?:org[./]apache[./]flink[./])[\w./$]+)/

/** A sentence that names what is missing; undefined when the errors are about something else. */
export const otherVersion = (errors: readonly string[]): string | undefined => {
  const name = missing.exec(errors.join('\n'))?.[1]?.replace(/[.;]+$/, '')
  return name === undefined
    ? undefined
    : `${name} is missing in this Flink: the jar was built for another version. A jar built for Flink 1.x cannot run on 2.x.`
}

import type { parseAllDocuments } from 'yaml'

/** kubectl's dialect: YAML 1.1 words and octal numbers, but no times and no sexagesimal numbers. */
export const kubectlYaml = {
  version: '1.1',
  merge: true,
  customTags: (tags: readonly unknown[]) =>
    tags.filter((tag) => {
      const { tag: name = '', format } = tag as { tag?: string; format?: string }
      return !name.endsWith(':timestamp') && format !== 'TIME'
    }),
} as Parameters<typeof parseAllDocuments>[1]

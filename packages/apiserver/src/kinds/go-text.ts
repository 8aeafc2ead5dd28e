/** Values as Go prints them (`%#v`) inside some of the API server's sentences. */

export const goLabels = (labels: Record<string, string> | undefined): string =>
  labels
    ? `map[string]string{${Object.keys(labels)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${JSON.stringify(labels[key])}`)
        .join(', ')}}`
    : 'map[string]string(nil)'

export const goStrings = (list: readonly string[] | undefined): string =>
  list ? `[]string{${list.map((one) => JSON.stringify(one)).join(', ')}}` : '[]string(nil)'

interface Selector {
  matchLabels?: Record<string, string>
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

export const goSelector = (selector: Selector | undefined): string =>
  selector
    ? `v1.LabelSelector{MatchLabels:${goLabels(selector.matchLabels)}, MatchExpressions:[]v1.LabelSelectorRequirement${
        selector.matchExpressions
          ? `{${selector.matchExpressions.map((one) => `v1.LabelSelectorRequirement{Key:${JSON.stringify(one.key)}, Operator:${JSON.stringify(one.operator)}, Values:${goStrings(one.values)}}`).join(', ')}}`
          : '(nil)'
      }}`
    : '(*v1.LabelSelector)(nil)'

/** A time as Go prints it: `2020-01-01 00:00:00 +0000 UTC`. */
export const goTime = (time: unknown): string =>
  typeof time === 'string' ? `${time.replace('T', ' ').replace(/(\.\d+)?Z$/, '')} +0000 UTC` : 'null'

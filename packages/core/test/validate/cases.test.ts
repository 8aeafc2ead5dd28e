import { describe, expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/config/index.ts'
import { isAllowed, validateResource, type ValidationContext } from '../../src/validate/index.ts'
import { cases, world } from './cases.ts'

const addresses: Record<string, string> = { 'repo.example.com': '93.184.216.34', 'inside.example.com': '10.0.0.7' }
const context: ValidationContext = {
  operator: readOperatorConfig({ 'flink-conf.yaml': 'taskmanager.numberOfTaskSlots: 1' }),
  resource: (kind, namespace, name) => (namespace === 'streaming' ? world[`${kind}/${name}`] : undefined),
  addressOf: (host) => addresses[host],
}

describe('the table of cases', () => {
  test('every field and value has the outcome it says', () => {
    const wrong = cases
      .map((one) => ({
        ...one,
        errors: validateResource(one.resource, { ...context, old: one.old }).filter(
          ({ severity }) => severity === 'error',
        ),
      }))
      .filter(({ allowed, errors }) => isAllowed(errors) !== allowed)
      .map(({ rule, field, value, allowed, errors }) => ({
        rule,
        field,
        value,
        allowed,
        errors: errors.map(({ path, message }) => `${path}: ${message}`),
      }))
    expect(wrong).toEqual([])
  })
  test('there are more than a thousand, and every rule passes and refuses', () => {
    expect(cases.length).toBeGreaterThan(1000)
    const rules = [
      'D1',
      'D2',
      'D3',
      'D4',
      'D5',
      'D6',
      'D7',
      'D8',
      'D9',
      'D10',
      'D11',
      'D12',
      'D13',
      'D14',
      'D15',
      'D16',
      'D17',
      'D18',
      'D19',
      'D21',
      'D22',
      'D23',
      'D26',
      'D27',
      'D28',
      'D29',
      'D30',
      'D31',
      'D32',
      'Q1',
      'Q2',
      'Q3',
      'Q4',
      'Q5',
      'Q6',
      'Q7',
      'A',
      'A12',
      'A13',
      'S1',
      'S2',
      'S3',
      'S4',
      'S5',
      'S7',
      'N1',
      'N2',
      'N3',
      'N4',
      'B',
    ]
    const said = (rule: string, allowed: boolean) =>
      cases.some((one) => one.allowed === allowed && one.rule.split(', ').includes(rule))
    // These only refuse (or only accept) by nature; what passes is every other case.
    const oneSided = new Set(['D2', 'D27', 'D28', 'Q2', 'S2', 'S5', 'S7', 'N2', 'N3'])
    expect(
      rules.filter(
        (rule) => !(oneSided.has(rule) ? said(rule, true) || said(rule, false) : said(rule, true) && said(rule, false)),
      ),
    ).toEqual([])
  })
})

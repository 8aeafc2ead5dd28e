import { describe, expect, test } from 'vitest'
import { masks } from '../../src/index.ts'

const secrets = [
  'hunter2',
  'abc-secret-1',
  'abc-secret-2',
  'p4ssw0rd',
  'tok.en',
  'jaas-pass',
  'header-secret',
  'args-secret',
  'url-secret',
  'envvalue',
  'opts-secret',
  'recorded-secret',
]

describe('nothing secret leaves', () => {
  const object = {
    metadata: {
      managedFields: [{ manager: 'hunter2' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":"hunter2"}' },
    },
    spec: {
      flinkConfiguration: {
        's3.secret-key': 'abc-secret-1',
        s3: { 'access-key': 'visible', 'secret-key': 'abc-secret-2' },
        'security.ssl.internal.key-password': 'p4ssw0rd',
        'kubernetes.operator.user.artifacts.http.header': 'Authorization: Bearer header-secret',
        'env.java.opts.all': '-Dlogin.password=opts-secret -Xmx1g',
        'taskmanager.numberOfTaskSlots': 2,
      },
      podTemplate: { spec: { containers: [{ name: 'main', env: [{ name: 'ANY', value: 'envvalue' }] }] } },
      job: {
        args: ['--password', 'args-secret', '--topic', 'orders', '--api-token=tok.en'],
        jarURI: 'https://user:url-secret@jars.example.com/app.jar',
      },
    },
    status: {
      error: 'login failed: password=jaas-pass',
      reconciliationStatus: {
        lastReconciledSpec: JSON.stringify({ spec: { flinkConfiguration: { 's3.secret-key': 'recorded-secret' } } }),
      },
    },
  }
  const shown = JSON.stringify(masks().value(object))
  test.each(secrets)('%s', (secret) => expect(shown).not.toContain(secret))
  test('what is no secret stays readable', () => {
    for (const word of ['visible', '--topic', 'orders', 'jars.example.com/app.jar', '-Xmx1g', 'login failed'])
      expect(shown).toContain(word)
  })
})

test('equal secrets have equal stars, so that a difference stays one', () => {
  const { value } = masks()
  expect(
    value([
      { flinkConfiguration: { 'a.password': 'one' } },
      { flinkConfiguration: { 'a.password': 'two' } },
      { flinkConfiguration: { 'a.password': 'one' } },
    ]),
  ).toEqual([
    { flinkConfiguration: { 'a.password': '******' } },
    { flinkConfiguration: { 'a.password': '******2' } },
    { flinkConfiguration: { 'a.password': '******' } },
  ])
})

test('what is masked is masked once', () => {
  const once = masks().value({ flinkConfiguration: { 'a.password': 'one', 'b.token': 'two' }, args: ['--token=x'] })
  expect(masks().value(once)).toEqual(once)
})

test.each([
  ['password="se cret" x', 'password="******" x'],
  ["passphrase='se cret'", "passphrase='******'"],
  ['{"user":"me","password":"se cret"}', '{"user":"me","password":"******"}'],
  ['https://h/x.jar?sig=secret&se=1', 'https://h/x.jar?sig=******&se=1'],
  ['https://h/x?X-Amz-Signature=secret', 'https://h/x?X-Amz-Signature=******'],
  ['https://ghp_0123456789abcdefghij@h/x.git', 'https://******@h/x.git'],
  ['https://me@h/x.git', 'https://me@h/x.git'],
  [
    "Could not parse value 'secret' for key 's3.secret-key'.",
    "Could not parse value '******' for key 's3.secret-key'.",
  ],
  ["Could not parse value 'x' for key 'rest.port'.", "Could not parse value 'x' for key 'rest.port'."],
  ['design=1', 'design=1'],
])('%s', (text, shown) => expect(masks().text(text)).toBe(shown))

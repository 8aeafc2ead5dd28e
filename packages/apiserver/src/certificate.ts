/**
 * Makes X.509 certificates (RFC 5280), signed with ECDSA on P-256 and SHA-256. DER is written by hand, some twenty lines; the
 * libraries for it bring a container framework and twenty packages. Reading certificates is node:crypto's.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'

export interface CertificateWish {
  commonName: string
  organizations?: readonly string[]
  notBefore: Date
  notAfter: Date
  /** a CA signs others; a leaf serves, asks, or both */
  use: 'ca' | readonly ('client' | 'server')[]
  /** DNS names and addresses */
  hosts?: readonly string[]
  /** PEM of the private key that it is for; without one, a new EC key */
  key?: string
}

/** PEM texts of a new key pair and its certificate, signed by `issuer` or, without one, by itself. */
export const makeCertificate = (
  wish: CertificateWish,
  issuer?: { cert: string; key: string },
): { cert: string; key: string } => {
  const privateKey = wish.key
    ? createPrivateKey(wish.key)
    : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const subject = nameOf(wish)
  const issuerCertificate = issuer && new X509Certificate(issuer.cert)
  const issuerSpki = issuerCertificate ? issuerCertificate.publicKey.export({ type: 'spki', format: 'der' }) : spki
  const tbs = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    ecdsaWithSha256,
    issuerCertificate ? subjectOf(issuerCertificate.raw) : subject,
    sequence(time(wish.notBefore), time(wish.notAfter)),
    subject,
    spki,
    tagged(3, sequence(...extensionsOf(wish, spki, issuerSpki))),
  )
  const signature = sign('sha256', tbs, issuer ? createPrivateKey(issuer.key) : privateKey)
  const der = sequence(tbs, ecdsaWithSha256, bitString(signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** PEM of a new EC key, and of its public half. */
export const makeSigningKey = (): { key: string; public: string } => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key, public: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString() }
}

export const isAddress = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)

const nameOf = (wish: CertificateWish): Buffer =>
  sequence(
    ...(wish.organizations ?? []).map((organization) => attribute('2.5.4.10', organization)),
    attribute('2.5.4.3', wish.commonName),
  )
const attribute = (type: string, value: string): Buffer =>
  tlv(0x31, sequence(oid(type), tlv(0x0c, Buffer.from(value, 'utf8'))))

const extensionsOf = (wish: CertificateWish, spki: Buffer, issuerSpki: Buffer): Buffer[] => {
  const isCa = wish.use === 'ca'
  const hosts = [...new Set(wish.hosts ?? [])]
  return [
    extension('2.5.29.19', sequence(...(isCa ? [tlv(0x01, Buffer.from([0xff]))] : [])), true), // basicConstraints
    // keyUsage: digitalSignature, for a CA also keyCertSign and cRLSign
    extension('2.5.29.15', tlv(0x03, Buffer.from(isCa ? [1, 0x86] : [7, 0x80])), true),
    ...(wish.use === 'ca'
      ? []
      : [
          extension(
            '2.5.29.37',
            sequence(...wish.use.map((use) => oid(use === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'))),
          ),
        ]),
    ...(hosts.length ? [extension('2.5.29.17', sequence(...hosts.map(alternativeName)))] : []),
    extension('2.5.29.14', tlv(0x04, keyIdentifier(spki))),
    extension('2.5.29.35', sequence(tlv(0x80, keyIdentifier(issuerSpki)))),
  ]
}
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value))
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest()
const alternativeName = (host: string): Buffer =>
  isAddress(host) ? tlv(0x87, addressBytes(host)) : tlv(0x82, Buffer.from(host, 'ascii'))

const addressBytes = (address: string): Buffer => {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (text: string): number[] => (text ? text.split(':').map((group) => parseInt(group, 16)) : [])
  const left = groups(head)
  const right = groups(tail ?? '')
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

/** 16 random bytes, the top bit clear (DER integers are signed) and the first byte not zero. */
const serialNumber = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x01
  return bytes
}

// DER -------------------------------------------------------------------------------------------------------------------

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const value = Buffer.concat(parts)
  const size = value.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}
const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts)
const tagged = (number: number, value: Buffer): Buffer => tlv(0xa0 | number, value)
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes)
const bitString = (bytes: Buffer): Buffer => tlv(0x03, Buffer.from([0]), bytes)
const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 0x7f]
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return tlv(0x06, Buffer.from(bytes))
}
/** UTCTime to 2049, GeneralizedTime from 2050 on. */
const time = (date: Date): Buffer => {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text))
}
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))

/** The subject's bytes as they are in a certificate: an issuer must be repeated byte for byte. */
const subjectOf = (certificate: Buffer): Buffer => {
  const tbs = contentOf(contentOf(certificate))
  let rest = tbs
  for (let skip = 0; skip < 5; skip++) rest = rest.subarray(sizeOf(rest)) // version, serial, algorithm, issuer, validity
  return rest.subarray(0, sizeOf(rest))
}
const headerOf = (bytes: Buffer): { header: number; size: number } => {
  const first = bytes[1]!
  if (first < 0x80) return { header: 2, size: first }
  const count = first & 0x7f
  return { header: 2 + count, size: bytes.readUIntBE(2, count) }
}
const contentOf = (bytes: Buffer): Buffer => {
  const { header, size } = headerOf(bytes)
  return bytes.subarray(header, header + size)
}
const sizeOf = (bytes: Buffer): number => {
  const { header, size } = headerOf(bytes)
  return header + size
}

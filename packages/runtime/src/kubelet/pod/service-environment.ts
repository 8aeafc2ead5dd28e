/** The variables Kubernetes gives every container about Services: `ORDERS_SERVICE_HOST`, `ORDERS_PORT_8081_TCP_ADDR` … */
import type { Service } from '../../kinds/types.ts'

export interface ServiceAddress {
  service: Service
  /** the address that works from a pod */
  ip: string
}

export const serviceEnvironment = (
  services: readonly ServiceAddress[],
  apiServer: { host: string; port: number },
): Record<string, string> => {
  const env: Record<string, string> = {}
  for (const { service, ip } of services) {
    const ports = service.spec.ports ?? []
    const [first] = ports
    if (!first) continue
    add(env, service.metadata.name, ip, ports)
  }
  add(env, 'kubernetes', apiServer.host, [{ name: 'https', port: apiServer.port }])
  return env
}

const add = (
  env: Record<string, string>,
  service: string,
  ip: string,
  ports: readonly { name?: string; port: number; protocol?: string }[],
) => {
  const name = word(service)
  for (const [index, { name: portName, port, protocol = 'TCP' }] of ports.entries()) {
    const url = `${protocol.toLowerCase()}://${ip}:${port}`
    if (index === 0)
      Object.assign(env, {
        [`${name}_SERVICE_HOST`]: ip,
        [`${name}_SERVICE_PORT`]: String(port),
        [`${name}_PORT`]: url,
      })
    if (portName) env[`${name}_SERVICE_PORT_${word(portName)}`] = String(port)
    const link = `${name}_PORT_${port}_${protocol}`
    Object.assign(env, {
      [link]: url,
      [`${link}_PROTO`]: protocol.toLowerCase(),
      [`${link}_PORT`]: String(port),
      [`${link}_ADDR`]: ip,
    })
  }
}

const word = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '_')

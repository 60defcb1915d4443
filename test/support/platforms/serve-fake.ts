import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeServer } from './fake-server.ts'

/** A fake vendor on a real socket; `origin` is where the fake believes it is. Close it after the test. */
export async function serveFake(fake: { server: FakeServer }, origin: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks).toString('utf8')
      const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
      const answer = await fake.server.fetch(`${origin}${request.url ?? '/'}`, { method: request.method ?? 'GET', headers, ...(body !== '' && { body }), signal: AbortSignal.timeout(5_000), redirect: 'error' })
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
    })().catch(() => response.destroy())
  })
  await new Promise<void>((up) => { server.listen(0, '127.0.0.1', up) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    }),
  }
}

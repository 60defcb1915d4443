import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Workspace } from './fake-slack-workspace.ts'

/** What goes wrong with a download. `length`: says it is that long and goes on for ever; `slow`: says nothing until the test lets it. */
export type FileFault = { kind: 'status'; status: number } | { kind: 'redirect'; to: string } | { kind: 'html' } | { kind: 'truncated' } | { kind: 'length'; bytes: number } | { kind: 'endless' } | { kind: 'slow'; until: Promise<void> }

/** The files of a workspace, as files.slack.com gives them to whoever has the token and the scope; others get its sign-in page. */
export async function serveFile({ path, request, response, workspace, fault }: { path: string; request: IncomingMessage; response: ServerResponse; workspace: Workspace; fault: FileFault | undefined }): Promise<void> {
  const file = workspace.recordings.get(path.split('/')[2] ?? '')
  const page = (): void => void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!DOCTYPE html><html><title>Sign in | Slack</title></html>')
  if (file === undefined || file.deleted) return void response.writeHead(404).end()
  if (request.headers.authorization !== `Bearer ${workspace.token}` || !workspace.scopes.has('files:read')) return page()
  const type = file.info.mimetype
  switch (fault?.kind) {
    case 'status': return void response.writeHead(fault.status).end('no')
    case 'redirect': return void response.writeHead(302, { location: fault.to }).end()
    case 'html': return page()
    case 'length': return void response.writeHead(200, { 'Content-Type': type, 'Content-Length': fault.bytes }).write(file.bytes)
    case 'truncated':
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': file.bytes.length }).write(file.bytes.subarray(0, file.bytes.length / 2), () => { response.destroy() })
      return
    case 'endless': {
      response.writeHead(200, { 'Content-Type': type })
      const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(256 * 1024))); }
      response.on('drain', more)
      more()
      return
    }
    case 'slow':
      await fault.until
      break
    case undefined: // nothing goes wrong
  }
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': file.bytes.length }).end(file.bytes)
}

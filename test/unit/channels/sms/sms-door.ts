import { openSms, type Sms } from '../../../../src/channels/sms/open-sms.ts'
import { openCounters } from '../../../../src/channels/web/counters.ts'
import { listen, webApp } from '../../../../src/channels/web/web-server.ts'
import type { TwilioSettings } from '../../../../src/config.ts'
import { type Logger, silentLogger } from '../../../../src/logger.ts'
import type { InboundText, Messages, StatusReport } from '../../../../src/messages/messages.ts'
import type { Store } from '../../../../src/store/open-store.ts'

export const publicUrl = 'https://desk.example.com'

/** Writes down what it is handed. */
export type Recorder = Pick<Messages, 'receiveFrom' | 'reported'> & { texts: InboundText[]; reports: StatusReport[] }

export function recorder(): Recorder {
  const texts: InboundText[] = []
  const reports: StatusReport[] = []
  return {
    texts, reports,
    async receiveFrom(text) {
      texts.push(text)
      return { isNew: true, reading: 'yes', did: 'confirmed' }
    },
    async reported(report) { reports.push(report) },
  }
}

/** A desk's web server with the door for texts, as it stands behind a proxy: `at` is its address outside. */
export type Door = { sms: Sms; url: string; metrics(): Promise<string>; close(): Promise<void> }

export async function openDoor({ settings, store, clock, messages, logger = silentLogger, port = 0, at = publicUrl }: { settings: TwilioSettings; store: Store; clock: { now(): string }; messages: Pick<Messages, 'receiveFrom' | 'reported'>; logger?: Logger; port?: number; at?: string }): Promise<Door> {
  const sms = openSms({ settings, publicUrl: at, store, clock, logger, messages })
  const counters = openCounters()
  const app = webApp({ status: async () => ({ salon: '', paused: false, openProposals: 0 }), predictRisk: async () => { throw new Error('not here') }, apiToken: undefined, onError: () => {}, counters, sms })
  const web = await listen({ app, host: '127.0.0.1', port })
  return {
    sms, url: web.url,
    metrics: () => counters.text(),
    async close() {
      await sms.stop()
      await web.close()
    },
  }
}

/** Where the proxy finds the desk: `publicUrl` on the outside is `door.url` inside. */
export function behindProxy(door: Pick<Door, 'url'>): (url: string) => string {
  return (url) => url.replace(publicUrl, door.url)
}

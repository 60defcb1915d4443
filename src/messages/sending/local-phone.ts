import type { TextTransport } from '../messages.ts'

/** The demo's phone: a text is where it has to be once it is in the `texts` table, and nothing leaves the machine. */
export const localPhone: TextTransport = {
  name: 'the demo phone',
  demoOnly: true,
  send: async () => ({ state: 'sent' }),
  look: async () => ({ state: 'sent' }),
}

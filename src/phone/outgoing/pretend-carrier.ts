import type { Carrier } from './outgoing.ts'

/** The demo's telephone: nothing rings, and what would happen at both ends is pressed on the card. */
export const pretendCarrier: Carrier = {
  demoOnly: true,
  ring: async ({ callId }) => ({ state: 'ringing', leg: `${callId}-you` }),
  look: async () => ({ state: 'unknown' }),
  say: async () => 'said',
}

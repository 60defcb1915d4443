import { mangomint } from '../../src/platforms/mangomint/index.ts'
import { fakeMangomint } from '../support/platforms/fake-mangomint.ts'
import { describeAssisted } from './assisted-contract.ts'

describeAssisted('Mangomint', {
  kind: mangomint,
  credentials: { businessName: 'Tiny Salon', timezone: 'America/Los_Angeles', hours: 'Mon-Sat 9:00-18:00', services: 'Women\'s cut = 45 min, 65', webhookToken: 'tiny-salon-token-nobody-can-guess' },
  makeServer: (clock) => fakeMangomint({ clock }).server,
})

import { readPlays } from '../support/play-format.ts'
import { actPlays } from '../support/act-plays.ts'

/** What people say on the phone, as a speech service writes it down. */
actPlays({ title: 'little plays about calls', plays: readPlays(import.meta.dirname, (name) => name.startsWith('phone-')), atLeast: 25 })

import { readPlays } from '../support/play-format.ts'
import { actPlays } from '../support/act-plays.ts'

/** What clients text, in a file of its own, so that both kinds of plays run side by side. */
actPlays({ title: 'little plays about texts', plays: readPlays(import.meta.dirname, (name) => name.startsWith('texts-')), atLeast: 40 })

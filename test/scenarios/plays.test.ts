import { readPlays } from '../support/play-format.ts'
import { actPlays } from '../support/act-plays.ts'

actPlays({ title: 'little plays', plays: readPlays(import.meta.dirname, (name) => !/^(?:texts|phone)-/.test(name)), atLeast: 20 })

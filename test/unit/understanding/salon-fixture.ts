import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { directoryOf, LabelledSalon, namesOf } from '../../../src/understanding/labelled-salon.ts'

/** The salon of the labelled requests; `desk eval requests test/data/requests.jsonl` reads the same file. */
const given = LabelledSalon.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../data/requests.salon.json'), 'utf8')))

/** Wednesday 18 November 2026, 8:00 in Los Angeles. */
export const now = '2026-11-18T16:00:00.000Z'
export const zone = 'America/Los_Angeles'

export const hours = given.locations[0]?.hours ?? []

export const salon = namesOf(given)
export const directory = directoryOf(given)

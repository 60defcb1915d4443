import { isoLocal } from '../salon/time.ts'
import type { CallItem, CallList, DaySummary, ExpectedValue, HeldOutItem, Script } from './call-list.ts'

type JsonItem = {
  rank: number
  appointment: string
  client: { id: string; name: string }
  location: { id: string; name: string }
  date: string
  /** ISO 8601 with the location's offset; null when only the day is known. */
  time: string | null
  timeText: string
  service: string
  staff: string
  status: string
  price: CallItem['price']
  risk: number
  band: string
  confidence: CallItem['confidence']
  reasons: string[]
  expectedValue: ExpectedValue
  talkingPoints: { text: string; source: string }[]
  script: Script
  outcome: NonNullable<CallItem['outcome']> | null
  holdOut: boolean
}

type CallListJson = {
  now: string
  business: string
  effect: CallList['effect']
  locations: { id: string; name: string; zone: string; date: string; now: string; summary: DaySummary; notes: string[]; listed: number; heldOut: number }[]
  /** All locations' items, location by location, each in order of rank. */
  items: JsonItem[]
  heldOut: Pick<JsonItem, 'appointment' | 'client' | 'location' | 'date' | 'time' | 'timeText' | 'service' | 'staff' | 'risk' | 'band' | 'holdOut'>[]
}

/** The shape of `desk calls --json`: a stable surface, fields are only ever added. */
export function callListJson(list: CallList): CallListJson {
  return {
    now: list.now,
    business: list.business,
    effect: list.effect,
    locations: list.locations.map(({ location, date, summary, notes, items, heldOut }) => ({
      ...location, date, now: isoLocal(list.now, location.zone), summary: { ...summary, expectedFailures: rounded(summary.expectedFailures) }, notes, listed: items.length, heldOut: heldOut.length,
    })),
    items: list.locations.flatMap(({ date, items }) => items.map((item) => jsonItem(item, date))),
    heldOut: list.locations.flatMap(({ date, heldOut }) => heldOut.map((item) => {
      const { appointment, client, location, time, timeText, risk, band, holdOut } = item
      return { appointment, client, location, date, time, timeText, ...servedBy(item), risk: rounded(risk), band, holdOut }
    })),
  }
}

function jsonItem(item: CallItem, date: string): JsonItem {
  const { rank, appointment, client, location, time, timeText, status, price, risk, band, confidence, reasons, expectedValue, talkingPoints, script, outcome, holdOut } = item
  return {
    rank, appointment, client, location, date, time, timeText, ...servedBy(item), status, price,
    risk: rounded(risk), band, confidence, reasons,
    expectedValue: { ...expectedValue, risk: rounded(expectedValue.risk), chance: { ...expectedValue.chance, value: rounded(expectedValue.chance.value) } },
    talkingPoints: talkingPoints.map(({ text, source }) => ({ text, source })),
    script, outcome: outcome ?? null, holdOut,
  }
}

function servedBy({ services, staff }: CallItem | HeldOutItem): { service: string; staff: string } {
  return { service: services.join(' + '), staff: staff.join(' + ') }
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

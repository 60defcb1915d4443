import { missingPatchTest } from '../../bookings/patch-test.ts'
import { type Appointment, type Client, type Service, type Slot, type WaitlistEntry } from '../../salon/salon.ts'
import { addMinutes, type Instant, minutesBetween, sayTime, sayWhen } from '../../salon/time.ts'
import { winning } from '../cascade/cascade.ts'
import { asked } from '../cascade/change.ts'
import type { WaitlistSettings } from '../waitlist-settings.ts'
import type { Exclusion, FreeChair } from './ranked.ts'
import type { PastOffer, Waiting } from './waiting.ts'

/** Whoever has the same service booked so few days before or after has no use for another one. */
const soonDays = 21
const day = 24 * 60

type Excluded = { because: Exclusion; words: string }
type Question = { waiting: Waiting; settings: Pick<WaitlistSettings, 'noticeMin' | 'perClientPerWeek'>; chair: FreeChair; entry: WaitlistEntry; client: Client | undefined; moving: Appointment | undefined; slots: Slot[] }

/**
 * Whether a chair suits somebody who waits: the first time of it that does, or the first reason (in the order of
 * `exclusions`) why none does. Whom else it suits is not looked at.
 */
export function suits({ waiting, settings, chair, entry, client, moving, slots }: Question): { slot?: Slot; excluded?: Excluded } {
  const { now, zone, catalog } = waiting
  if (entry.status !== 'waiting' || client === undefined) return no('not_on_list', client === undefined ? 'is not in the booking system any more' : 'is not on the waitlist any more')
  const service = catalog.services.find(({ id }) => id === entry.serviceId)
  if (service?.active !== true) return no('service_gone', 'waits for a service that is no longer offered')
  const [needed, has] = [lengthOf({ service, entry, moving }), minutesBetween(chair.start, chair.end)]
  if (needed > has) return no('too_long', `needs ${needed} minutes, the gap has ${has}`)
  const latestStart = addMinutes(chair.end, -needed)
  if (entry.wanted.length > 0 && !entry.wanted.some(({ from, to }) => from <= latestStart && chair.start < to)) return no('other_times', 'wants other times')
  const nameOf = (staffId: string) => catalog.staff.find(({ id }) => id === staffId)?.name ?? 'somebody else'
  if (entry.staffId !== undefined && chair.staffId !== undefined && entry.staffId !== chair.staffId) return no('other_person', `waits for ${nameOf(entry.staffId)}`)
  if (chair.staffId !== undefined && catalog.staff.find(({ id }) => id === chair.staffId)?.serviceIds.includes(service.id) !== true) return no('not_their_skill', `${nameOf(chair.staffId)} does not do ${service.name}`)

  const wanted = slots.filter(({ start }) => entry.wanted.length === 0 || entry.wanted.some(({ from, to }) => from <= start && start < to))
  if (wanted.length === 0) return no('no_time_free', `no time is free in it for ${service.name}`)
  const earliest = addMinutes(now, settings.noticeMin)
  const inTime = wanted.filter(({ start }) => start >= earliest)
  if (inTime.length === 0) return no('too_short_notice', `could not be here in time (${settings.noticeMin} minutes' notice)`)
  const others = (waiting.visits.get(client.id)?.standing ?? []).filter(({ id }) => id !== moving?.id)
  const sooner = inTime.filter((slot) => moving === undefined || slot.start < moving.start)
  if (moving !== undefined && sooner.length === 0) return no('already_booked', `already has it sooner, on ${sayWhen(moving.start, zone, now)}`)
  const same = (slot: Slot) => others.find((visit) => visit.segments.some(({ serviceId }) => serviceId === service.id) && Math.abs(minutesBetween(visit.start, slot.start)) <= soonDays * day)
  const needs = sooner.filter((slot) => same(slot) === undefined)
  const [first] = sooner
  const already = first && same(first)
  if (needs.length === 0 && already !== undefined) return no('already_booked', `already has ${service.name} on ${sayWhen(already.start, zone, now)}`)
  const clash = (slot: Slot) => others.find((visit) => visit.timeKnown && visit.start < slot.end && slot.start < visit.end)
  const slot = needs.find((each) => clash(each) === undefined)
  if (slot === undefined) return no('booked_then', `is already booked at ${sayTime(needs.map(clash)[0]?.start ?? chair.start, zone)}`)
  const excluded = barred({ waiting, settings, chair, client, service, slot })
  return { slot, ...(excluded === undefined ? {} : { excluded }) }
}

/** Minutes that a visit takes from its start to its end, the time in which colour develops included; one that moves keeps its length. */
export function lengthOf({ service, entry, moving }: { service: Service; entry: WaitlistEntry; moving: Appointment | undefined }): number {
  return moving?.segments.find(({ serviceId }) => serviceId === entry.serviceId)?.durationMin ?? service.durationMin
}

/** Why somebody whom it suits is not asked all the same. */
function barred({ waiting, settings, chair, client, service, slot }: Pick<Question, 'waiting' | 'settings' | 'chair'> & { client: Client; service: Service; slot: Slot }): Excluded | undefined {
  const why = waiting.barred.get(client.id)
  if (why !== undefined) return why
  const offers = waiting.lately.get(client.id) ?? []
  const since = addMinutes(waiting.now, -7 * day)
  if (offers.some((offer) => isSameChair(offer, chair) && offer.state === 'declined')) return { because: 'asked_too_often', words: 'has said no to this time' }
  const asks = offers.filter((offer) => !isSameChair(offer, chair) && (offer.sentAt ?? (offer.state === 'queued' ? offer.at : '')) > since).length
  if (asks >= settings.perClientPerWeek) return { because: 'asked_too_often', words: `was asked ${asks === 1 ? 'once' : `${asks} times`} in seven days` }
  const open = offers.find((offer) => !isSameChair(offer, chair) && isOpen(offer))
  if (open !== undefined) return { because: 'asked_elsewhere', words: `is being asked about ${sayWhen(open.start, waiting.zone, waiting.now)}` }
  if (missingPatchTest({ client, catalog: waiting.catalog, serviceIds: [service.id], start: slot.start }) !== undefined) return { because: 'patch_test', words: `needs a patch test for ${service.name} first` }
  return chair.notFor?.includes(client.id) === true ? { because: 'left_this_chair', words: 'had this time and left it' } : undefined
}

function isOpen({ state }: PastOffer): boolean {
  return asked.includes(state) || (state !== 'booked' && winning.includes(state))
}

function isSameChair(offer: { locationId: string; staffId: string | null; start: Instant }, chair: FreeChair): boolean {
  return offer.locationId === chair.locationId && offer.start === chair.start && offer.staffId === (chair.staffId ?? null)
}

function no(because: Exclusion, words: string): { excluded: Excluded } {
  return { excluded: { because, words } }
}

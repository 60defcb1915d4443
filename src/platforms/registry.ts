import { acuity } from './acuity/index.ts'
import { bokun } from './bokun/index.ts'
import { boulevard } from './boulevard/index.ts'
import { calcom } from './calcom/index.ts'
import { easyappointments } from './easyappointments/index.ts'
import { freshaPartner } from './fresha-partner/index.ts'
import { fresha } from './fresha/index.ts'
import { mangomint } from './mangomint/index.ts'
import { mindbody } from './mindbody/index.ts'
import { octo } from './octo/index.ts'
import { peekPro } from './peek-pro/index.ts'
import { phorest } from './phorest/index.ts'
import type { PlatformKind } from './platform-adapter.ts'
import { square } from './square/index.ts'
import { vagaro } from './vagaro/index.ts'
import { zenoti } from './zenoti/index.ts'

/** Every platform that a salon can connect, salons' own first, then those of tours and activities. */
export const platformKinds = [square, easyappointments, zenoti, boulevard, mindbody, acuity, phorest, calcom, vagaro, freshaPartner, fresha, mangomint, octo, peekPro, bokun] as unknown as readonly PlatformKind[]

export function findKind(provider: string): PlatformKind | undefined {
  return platformKinds.find((kind) => kind.provider === provider)
}

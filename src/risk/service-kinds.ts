/**
 * What kinds of service a salon's own words mean: its category first, and only when that says nothing its name
 * (salons file a "Women's cut" under style, cut or hair). `consultation` is known apart.
 */
export function serviceKinds({ category, name = '' }: { category: string; name?: string }): { color: boolean; style: boolean } {
  const read = (text: string) => ({ color: /colou?r|highlight|balayage|gloss|toner|bleach|blonde/i.test(text), style: /styl|cut|trim|fringe|blow|updo/i.test(text) })
  const byCategory = read(category)
  return byCategory.color || byCategory.style ? byCategory : read(name)
}

// Writes the public holidays of all countries and their parts, 2024 to 2035, from the package date-holidays
// to crates/domain/holidays/holidays.txt. The crate tminus-domain embeds that file and says how it is read.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import Holidays from 'date-holidays'

const FIRST = 2024
const LAST = 2035
const HOUR = 3_600_000
const out = new URL('../crates/domain/holidays/', import.meta.url)
const source = JSON.parse(readFileSync(new URL('../node_modules/date-holidays/package.json', import.meta.url)))

const names = new Numbered()
const series = new Numbered()
const lines = []
const all = new Holidays()
const english = new Intl.DisplayNames(['en'], { type: 'region' })

for (const [country, title] of entries(all.getCountries('en'))) {
  const national = days([country])
  lines.push(line(country, english.of(country) ?? title, national, national.pairs))
  for (const [state, stateTitle] of entries(all.getStates(country, 'en'))) {
    part(country, [country, state], stateTitle, national)
    for (const [region, regionTitle] of entries(all.getRegions(country, state, 'en'))) {
      part(country, [country, state, region], `${stateTitle}, ${regionTitle}`, national)
    }
  }
}

mkdirSync(out, { recursive: true })
const text = [
  `public holidays ${FIRST} ${LAST}, from ${source.name} ${source.version}, CC BY-SA 3.0`,
  `names ${names.list.length}`, ...names.list,
  `series ${series.list.length}`, ...series.list,
  `regions ${lines.length}`, ...lines, '',
].join('\n')
writeFileSync(new URL('holidays.txt', out), text)
console.log(`holidays: ${lines.length} regions, ${names.list.length} names, ${series.list.length} series, ${Buffer.byteLength(text)} bytes`)

/** A part of a country is written as what it has more (+) and less (-) than the country. */
function part(country, place, title, national) {
  const own = days(place)
  const more = own.pairs.filter((pair) => !national.pairs.includes(pair)).map((pair) => `+${pair}`)
  const less = national.pairs.filter((pair) => !own.pairs.includes(pair)).map((pair) => `-${pair}`)
  lines.push(line(place.join('-'), title, own, [...more, ...less]))
}

function line(code, title, { until }, pairs) {
  return [code, flat(title), until, pairs.join(' ')].join('|')
}

/** The holidays of one place as pairs `name.series`, and the last year that they are complete for. */
function days(place) {
  const holidays = new Holidays(...place, { types: ['public'] })
  const byName = new Map()
  const listed = new Map()
  for (let year = FIRST; year <= LAST; year++) {
    for (const holiday of holidays.getHolidays(year, 'en')) {
      for (const day of covered(holiday)) add(byName, flat(holiday.name), day)
      if (/^\d{4}-/.test(holiday.rule) && !/substitute/.test(holiday.name)) add(listed, holiday.name, year)
    }
  }
  // Days that the source lists year by year, such as Deepavali, are unknown after the last year listed. Listed once, it is a single event.
  const until = [...listed.values()].filter((years) => years.size > 1).map((years) => Math.max(...years))
  const pairs = [...byName].map(([name, dates]) => `${names.number(name)}.${series.number(written([...dates].sort()))}`)
  return { pairs, until: Math.min(LAST, ...until) }
}

/** The civil days that are off. Half days are worked; evenings before, and clock changes, do not make a day more or less. */
function covered({ date, start, end }) {
  const hours = (end - start) / HOUR
  const whole = Math.floor((hours + 1) / 24)
  const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`)
  return Array.from({ length: whole }, (_, day) => new Date(first + day * 24 * HOUR).toISOString().slice(0, 10))
    .filter((day) => Number(day.slice(0, 4)) <= LAST)
}

/** `0101`: that day every year. Else one field for each year: `0403,,0418.0419`. */
function written(dates) {
  const years = []
  for (let year = FIRST; year <= LAST; year++) {
    years.push(dates.filter((date) => date.startsWith(`${year}-`)).map((date) => date.slice(5).replace('-', '')).join('.'))
  }
  return years.every((year) => year === years[0] && year.length === 4) ? years[0] : years.join(',')
}

function entries(places) {
  return Object.entries(places ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
}

function flat(name) {
  return name.replace(/[\s|]+/g, ' ').trim()
}

function add(map, key, value) {
  if (!map.has(key)) map.set(key, new Set())
  map.get(key).add(value)
}

function Numbered() {
  const known = new Map()
  this.list = []
  this.number = (text) => {
    if (!known.has(text)) known.set(text, this.list.push(text) - 1)
    return known.get(text).toString(36)
  }
}

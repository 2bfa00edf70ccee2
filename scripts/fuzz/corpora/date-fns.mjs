export const dateFns = {
  package: "date-fns",
  sources: [/^(?:_lib\/.*|[a-zA-Z]+\/_lib\/.*|locale\/(?:en-US|de|_lib)(?:\/.*)?|(?!locale\.js)[a-zA-Z0-9]+)\.js$/],
  entry: "index.js",
  // These ask the clock
  skip: ["setDefaultOptions", /^is(?:This|Today|Tomorrow|Yesterday|Past|Future)/, /ToNow/, "endOfToday",
    "endOfTomorrow", "endOfYesterday", "startOfToday", "startOfTomorrow", "startOfYesterday", "parse", "isMatch",
    "constructNow", "toDate", "intlFormatDistance", "lightFormat"],
  environment: { TZ: "UTC" },
  calls: [
    ["format", `format(new Date(2024, 0, 31, 13, 5), "yyyy-MM-dd'T'HH:mm:ss EEEE do QQQ PPPppp")`],
    ["format, setDefaultOptions",
      `(setDefaultOptions({ weekStartsOn: 1, firstWeekContainsDate: 4 }), format(new Date(2024, 11, 30), "RRRR II YYYY ww i e"))`,
      { own: true }],
    ["startOfWeek, setDefaultOptions, getDefaultOptions",
      `(setDefaultOptions({ weekStartsOn: 3 }), [startOfWeek(new Date(2024, 0, 31)).toISOString(), getDefaultOptions()])`,
      { own: true }],
    ["parse", `parse("31.01.2024 14:30", "dd.MM.yyyy HH:mm", new Date(0)).toISOString()`],
    ["parse", `parse("Monday, 5th of February 2024", "EEEE, do 'of' MMMM yyyy", new Date(0)).toISOString()`],
    ["formatDistance, formatRelative",
      `[formatDistance(new Date(2024, 0, 1), new Date(2024, 5, 1), { addSuffix: true }), formatRelative(new Date(2024, 0, 1), new Date(2024, 0, 3))]`],
    ["addMonths, addDays, differenceInDays",
      `[addMonths(new Date(2024, 0, 31), 1).toISOString(), differenceInDays(addDays(new Date(0), 40), new Date(0))]`],
    ["eachDayOfInterval, isWeekend",
      `eachDayOfInterval({ start: new Date(2024, 0, 1), end: new Date(2024, 0, 8) }).filter(isWeekend).map((d) => d.toISOString())`],
    ["intervalToDuration, formatDuration",
      `formatDuration(intervalToDuration({ start: new Date(0), end: new Date(1e12) }))`],
    ["parseISO, formatISO, isValid", `[formatISO(parseISO("2024-02-29T11:22:33Z")), isValid(parseISO("nonsense"))]`],
    ["longFormatters, formatters", `[Object.keys(longFormatters), Object.keys(formatters).length]`],
    ["add, sub, set",
      `[add(new Date(0), { years: 1, days: 3 }), sub(new Date(0), { hours: 5 }), set(new Date(0), { month: 5 })].map((d) => d.toISOString())`]
  ]
}

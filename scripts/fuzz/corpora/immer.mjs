export const immer = {
  package: "immer",
  sources: [/^src\/.*\.ts$/],
  entry: "src/immer.ts",
  language: "ts",
  skip: [/^enable/, /^set[A-Z]/],
  calls: [
    ["produce", `produce({ a: { b: 1 }, list: [1] }, (draft) => { draft.a.b = 2; draft.list.push(3) })`],
    ["produce, enableMapSet",
      `(enableMapSet(), produce(new Map([["a", new Set([1])]]), (draft) => { draft.get("a").add(2) }))`, { own: true }],
    ["produce", `produce(new Map(), (draft) => { draft.set(1, 2) })`],
    ["produceWithPatches, enablePatches, applyPatches",
      `(() => { enablePatches(); const [next, patches, back] = produceWithPatches({ n: [1] }, (d) => { d.n.push(2); d.m = 1 }); return [next, patches, back, applyPatches(next, back)] })()`,
      { own: true }],
    ["createDraft, finishDraft, current, original, isDraft",
      `(() => { const d = createDraft({ x: { y: 1 } }); d.x.y = 5; return [isDraft(d), current(d), original(d), finishDraft(d)] })()`],
    ["produce, setAutoFreeze", `(setAutoFreeze(false), Object.isFrozen(produce({ a: 1 }, (d) => { d.a = 2 })))`, {
      own: true
    }],
    ["Immer", `new Immer({ autoFreeze: false }).produce({ a: 1 }, (d) => { d.a++ })`],
    ["freeze, isDraftable, nothing, immerable, produce",
      `(() => { class P { [immerable] = true; n = 1 } return [Object.isFrozen(freeze({ a: {} }, true).a), isDraftable(new P()), produce(new P(), (d) => { d.n = 2 }), produce({ a: 1 }, () => nothing)] })()`],
    ["produce", `produce([3, 1, 2], (draft) => { draft.sort(); draft.reverse(); draft.splice(1, 1) })`]
  ]
}

/**
 * What decorated classes need at run time. The functions go into each module that has one.
 *
 * After the proposal "Decorators" of ECMAScript as of 2023-11, as TypeScript and esbuild lower it. A class has a state:
 * its `decorators`, and by member `lists` (of decorators), `keys`, `values` (private functions), `initial` (functions that
 * change the first value) and `extra` (functions that run behind it). `ofInstances`, `ofStatics` and `ofClass` run when an
 * instance is made, before the first static field, and at the end.
 */
export const decoratorHelpers = `
function clustrix$decorated(decorators) {
  return { decorators, lists: [], keys: [], values: [], initial: [], extra: [], ofInstances: [], ofStatics: [], ofClass: [] };
}
function clustrix$key(key) {
  return typeof key === "symbol" ? key : Reflect.ownKeys({ [key]: undefined })[0];
}
var clustrix$lastKey;
function clustrix$namedBy(key) {
  return clustrix$lastKey = clustrix$key(key);
}
function clustrix$isGiven(value) {
  if (value !== undefined && typeof value !== "function") throw new TypeError("Function expected");
  return value !== undefined;
}
function clustrix$decorate(state, decorators, given, kind, name, extra, more, take) {
  for (let index = decorators.length - 1; index >= 0; index -= 1) {
    let isFinished = false;
    const addInitializer = (initializer) => {
      if (isFinished) throw new TypeError("Already initialized");
      clustrix$isGiven(initializer ?? null);
      extra.push(initializer);
    };
    const context = { kind, name, metadata: state.metadata, addInitializer, ...more() };
    const taken = (0, decorators[index])(given(), context);
    isFinished = true;
    take(taken);
  }
}
function clustrix$begin(state, self) {
  state.self = self;
  state.metadata = Object.create(state.base?.[Symbol.metadata ?? Symbol.for("Symbol.metadata")] ?? null);
}
function clustrix$access(kind, name) {
  const access = { has: (target) => name in target };
  if (kind !== "setter") access.get = (target) => target[name];
  if (kind !== "method" && kind !== "getter") access.set = (target, value) => { target[name] = value; };
  return access;
}
function clustrix$member(state, index, kind, isStatic, name, ofPrivate) {
  const isPrivate = ofPrivate !== undefined;
  const isField = kind === "field";
  const isAccessor = kind === "accessor";
  const owner = isStatic ? state.self : state.self.prototype;
  const key = isPrivate ? state.keys[index] : name;
  const descriptor = isField ? undefined : Object.getOwnPropertyDescriptor(owner, key);
  const part = kind === "getter" ? "get" : kind === "setter" ? "set" : "value";
  if (isPrivate) {
    delete (isField ? state.self : owner)[key];
    for (const each of isField ? [] : isAccessor ? ["get", "set"] : [part]) {
      const value = each === "value" ? name : each + " " + name;
      Object.defineProperty(descriptor[each], "name", { value, configurable: true });
    }
  }
  const initial = state.initial[index] = [];
  const extra = isField || isAccessor ? state.extra[index] = [] : isStatic ? state.ofStatics : state.ofInstances;
  clustrix$decorate(
    state,
    state.lists[index],
    () => isField ? undefined : isAccessor ? { get: descriptor.get, set: descriptor.set } : descriptor[part],
    kind,
    name,
    extra,
    () => ({ static: isStatic, private: isPrivate, access: isPrivate ? { ...ofPrivate } : clustrix$access(kind, name) }),
    (taken) => {
      if (!isAccessor) {
        if (clustrix$isGiven(taken)) isField ? initial.unshift(taken) : descriptor[part] = taken;
        return;
      }
      if (taken === undefined) return;
      if (typeof taken !== "object" || taken === null) throw new TypeError("Object expected");
      const { get } = taken;
      if (clustrix$isGiven(get)) descriptor.get = get;
      const { set } = taken;
      if (clustrix$isGiven(set)) descriptor.set = set;
      const { init } = taken;
      if (clustrix$isGiven(init)) initial.unshift(init);
    }
  );
  if (isField) return;
  if (isPrivate) state.values[index] = isAccessor ? descriptor : descriptor[part];
  else Object.defineProperty(owner, key, descriptor);
}
function clustrix$end(state) {
  const { name } = state.self;
  const more = () => ({});
  clustrix$decorate(state, state.decorators, () => state.self, "class", name, state.ofClass, more, (taken) => {
    if (clustrix$isGiven(taken)) state.self = taken;
  });
  const key = Symbol.metadata ?? Symbol.for("Symbol.metadata");
  Object.defineProperty(state.self, key, { value: state.metadata, configurable: true, enumerable: true, writable: true });
  clustrix$run(state.ofStatics, state.self);
  return state.self;
}
function clustrix$initial(state, index, self, value) {
  const functions = state.initial[index];
  for (let each = 0; each < functions.length; each += 1) value = functions[each].call(self, value);
  return value;
}
function clustrix$run(functions, self) {
  for (let each = 0; each < functions.length; each += 1) functions[each].call(self);
}`

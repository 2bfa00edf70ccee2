/**
 * What `using` needs at run time. The functions go into each module that has such a declaration.
 *
 * After the proposal "Explicit Resource Management" of ECMAScript, as TypeScript and esbuild lower it: the method is looked
 * up when the resource is declared, resources are disposed of in the reverse order, and every error is kept.
 */
export const disposalHelpers = `
function clustrix$use(scope, value, isAsync) {
  if (value === null || value === undefined) {
    if (isAsync) scope.resources.push({ isAsync });
    return value;
  }
  if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected");
  let dispose = isAsync ? value[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")] : undefined;
  const isSync = dispose === undefined;
  if (isSync) dispose = value[Symbol.dispose ?? Symbol.for("Symbol.dispose")];
  if (typeof dispose !== "function") throw new TypeError("Object not disposable");
  scope.resources.push({ value, dispose, isAsync, isSync });
  return value;
}
function clustrix$fail(scope, error) {
  const message = "An error was suppressed during disposal";
  if (!scope.failed) scope.error = error;
  else if (typeof SuppressedError === "function") scope.error = new SuppressedError(error, scope.error, message);
  else {
    const both = new Error(message);
    both.name = "SuppressedError";
    both.error = error;
    both.suppressed = scope.error;
    scope.error = both;
  }
  scope.failed = true;
}
function clustrix$disposed({ dispose, isSync, value }) {
  if (!isSync) return Promise.resolve(dispose?.call(value));
  try {
    dispose.call(value);
    return Promise.resolve();
  } catch (error) {
    return Promise.reject(error);
  }
}
function clustrix$dispose(scope) {
  for (let resource; (resource = scope.resources.pop()) !== undefined;) {
    try {
      if (!resource.isAsync) {
        resource.dispose.call(resource.value);
        continue;
      }
      return clustrix$disposed(resource).then(() => clustrix$dispose(scope), (error) => {
        clustrix$fail(scope, error);
        return clustrix$dispose(scope);
      });
    } catch (error) {
      clustrix$fail(scope, error);
    }
  }
  if (scope.failed) throw scope.error;
}`

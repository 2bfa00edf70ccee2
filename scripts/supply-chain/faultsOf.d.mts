export const faultsOf: (input: unknown) => ReadonlyArray<string>

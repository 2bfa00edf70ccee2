export const allows: (expression: string, isAllowed: (id: string) => boolean) => boolean

export const scanning = []

export const emission = []

export const sorts = () => []

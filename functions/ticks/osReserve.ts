/** Memory that Windows itself needs on every instance, until a policy says otherwise (design decision 10). */
export const osReserveMiB = 2_048;

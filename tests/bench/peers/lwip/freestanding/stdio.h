/* Included by lwIP, not used. */

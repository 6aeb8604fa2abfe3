/**
 * Where static memory begins: asc lays it out in the order in which it meets the files, and this
 * one is the first. An address below 64 takes an octet less of the code wherever it is used, so
 * what the code looks at most often comes first.
 */
import "../tcp/plan";
import "../wire/segment";
import "../net/packet";

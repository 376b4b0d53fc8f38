int tiny_twice(int number);
const char *tiny_words(void);

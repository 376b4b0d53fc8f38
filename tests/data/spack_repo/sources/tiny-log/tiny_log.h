const char *tiny_prefix(void);

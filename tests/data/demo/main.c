#include "settings.h"

int main(void)
{
	return settings_load();
}

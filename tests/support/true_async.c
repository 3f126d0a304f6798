/* An extension that does nothing but bear the name of TrueAsync's, so that the refusal can be seen. */
#include "php.h"

zend_module_entry true_async_module_entry = {
    STANDARD_MODULE_HEADER, "true_async", NULL, NULL, NULL, NULL, NULL, NULL, "0.0.0", STANDARD_MODULE_PROPERTIES
};

ZEND_DLEXPORT zend_module_entry *get_module(void)
{
    return &true_async_module_entry;
}

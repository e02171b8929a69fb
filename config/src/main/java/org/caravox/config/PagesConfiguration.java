package org.caravox.config;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The hub's own pages: files that come with it and say nothing of anybody, so that they need no API key. */
@Configuration(proxyBeanMethods = false)
class PagesConfiguration implements WebMvcConfigurer {

    @Override
    public void addViewControllers(ViewControllerRegistry views) {
        views.addViewController("/live").setViewName("forward:/live/index.html");
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry resources) {
        resources
                .addResourceHandler("/live/*")
                .addResourceLocations("classpath:/pages/live/")
                .setCacheControl(CacheControl.noCache());
    }
}

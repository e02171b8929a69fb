package org.caravox.config;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.webjars.WebJarVersionLocator;

/** The hub's own pages: files that come with it and say nothing of anybody, so that they need no API key. */
@Configuration(proxyBeanMethods = false)
class PagesConfiguration implements WebMvcConfigurer {

    private final WebJarVersionLocator libraries = new WebJarVersionLocator();

    @Override
    public void addViewControllers(ViewControllerRegistry views) {
        views.addViewController("/live").setViewName("forward:/live/index.html");
        views.addViewController("/console/routes").setViewName("forward:/console/index.html");
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry resources) {
        resources
                .addResourceHandler("/live/*")
                .addResourceLocations("classpath:/pages/live/")
                .setCacheControl(CacheControl.noCache());
        resources
                .addResourceHandler("/console/*")
                .addResourceLocations("classpath:/pages/console/")
                .setCacheControl(CacheControl.noCache());
        resources
                .addResourceHandler("/console/lib/*")
                .addResourceLocations(library("lit-html", ""), library("chart.js", "dist/"), library("dagre", "dist/"))
                .setCacheControl(CacheControl.noCache());
    }

    /** Where a library of the pages is on the class path, whatever its version. */
    private String library(String name, String folder) {
        return "classpath:/META-INF/resources/webjars/" + name + "/" + libraries.version(name) + "/" + folder;
    }
}
